"""Readings of the greenhouse sensors, over HTTP."""

from __future__ import annotations

import requests
import yaml
from flask import Flask, jsonify

app = Flask(__name__)


@app.get("/sensors")
def sensors():
    """The sensors named in the site file, each with its last reading."""
    with open("site.yml", encoding="utf-8") as handle:
        site = yaml.safe_load(handle)
    return jsonify([read(sensor) for sensor in site["sensors"]])


def read(sensor: dict) -> dict:
    """Ask one sensor's gateway for its last reading."""
    answer = requests.get(sensor["url"], timeout=5)
    answer.raise_for_status()
    return {"name": sensor["name"], **answer.json()}
