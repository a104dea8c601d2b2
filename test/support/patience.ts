// Real servers on two shared cores: a test that needs more than Jest's five seconds is slow, not wrong.
jest.setTimeout(60_000);
