const assert = require('assert');
const app = require('../src/app');

describe('app', () => {
  it('adds what it gets', async () => {
    const server = app.listen(0);
    const response = await fetch(`http://127.0.0.1:${server.address().port}/sum`, {
      method: 'POST',
      headers: {'Content-Type': 'application/json'},
      body: '[1, 2, 39]',
    });
    assert.deepStrictEqual(await response.json(), {sum: 42});
    server.close();
  });
});
