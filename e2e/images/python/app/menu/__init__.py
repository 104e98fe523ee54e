"""A web application of one page."""

import flask

from menu import prices

app = flask.Flask(__name__)


@app.route("/")
def index():
    return flask.render_template("index.html", rows=prices.ROWS, total=prices.total())


@app.route("/health")
def health():
    return {"status": "ok"}
