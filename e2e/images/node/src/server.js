const app = require('./app');

const server = app.listen(
    Number(process.env.PORT), '0.0.0.0',
    () => console.log(`listening on ${server.address().port}`));
process.on('SIGTERM', () => server.close(() => console.log('closed')));
