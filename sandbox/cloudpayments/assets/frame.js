// Tells the page of the shop, through the widget's script, how the payment in this frame stands.
const { outcome } = document.body.dataset;
if (outcome) window.parent.postMessage({ cloudpayments: JSON.parse(outcome) }, '*');
