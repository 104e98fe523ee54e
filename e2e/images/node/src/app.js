const express = require('express');

const app = express();
app.use(express.json());
app.get('/health', (request, response) => response.send('ok'));
app.post('/sum', (request, response) =>
    response.json({sum: request.body.reduce((a, b) => a + b, 0)}));

module.exports = app;
