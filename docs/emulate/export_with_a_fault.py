#!/usr/bin/env python3
"""Exports a table from an emulated Keboola on AWS and resumes a slice that breaks off.

    ./agnes emulate keboola --dialect aws --slice-rows 1000 --port 9000
    python3 docs/emulate/export_with_a_fault.py http://127.0.0.1:9000

Needs Python 3.9 and requests (Debian: python3-requests). Prints the rows that arrived and how the slice was resumed.
"""
import datetime
import gzip
import hashlib
import hmac
import sys
import time
import urllib.parse

import requests

TABLE = "in.c-demo.airports"
FAULT = {"on": "slice", "slice": 2, "fault": "cut_after", "bytes": 1000, "times": 1}


def signed(url, region, credentials):
    """The headers of a GET signed by AWS Signature Version 4."""
    now = datetime.datetime.now(datetime.timezone.utc)
    stamp, day = now.strftime("%Y%m%dT%H%M%SZ"), now.strftime("%Y%m%d")
    parts = urllib.parse.urlsplit(url)
    headers = {
        "host": parts.netloc,
        "x-amz-content-sha256": hashlib.sha256(b"").hexdigest(),
        "x-amz-date": stamp,
        "x-amz-security-token": credentials["SessionToken"],
    }
    names = ";".join(sorted(headers))
    lines = "".join(f"{name}:{headers[name]}\n" for name in sorted(headers))
    request = f"GET\n{parts.path}\n\n{lines}\n{names}\n{headers['x-amz-content-sha256']}"
    scope = f"{day}/{region}/s3/aws4_request"
    digest = hashlib.sha256(request.encode()).hexdigest()
    key = ("AWS4" + credentials["SecretAccessKey"]).encode()
    for part in (day, region, "s3", "aws4_request"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    signature = hmac.new(key, f"AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{digest}".encode(), hashlib.sha256).hexdigest()
    headers["authorization"] = (
        f"AWS4-HMAC-SHA256 Credential={credentials['AccessKeyId']}/{scope}, SignedHeaders={names}, Signature={signature}")
    del headers["host"]
    return headers


def download(url, region, credentials):
    """Downloads an object; resumes at the next byte if the download breaks off."""
    body, length = b"", None
    for _ in range(5):
        headers = signed(url, region, credentials)
        if body:
            headers["range"] = f"bytes={len(body)}-"
            print(f"resumed at byte {len(body)}")
        with requests.get(url, headers=headers, stream=True, timeout=30) as answer:
            answer.raise_for_status()
            length = length or int(answer.headers["content-length"])
            try:
                for block in answer.iter_content(256):
                    body += block
            except (requests.exceptions.ChunkedEncodingError, requests.exceptions.ConnectionError):
                pass
        # requests does not check Content-Length, so a body that was cut is not an error.
        if len(body) == length:
            return body
    raise SystemExit(f"{url} broke off five times")


def main(emulator):
    stack = requests.get(f"{emulator}/__agnes", timeout=30).json()
    requests.post(f"{emulator}/__agnes/faults", json=FAULT, timeout=30).raise_for_status()

    storage = f"{stack['stack_url']}/v2/storage"
    api = requests.Session()
    api.headers["X-StorageApi-Token"] = stack["token"]
    job = api.post(f"{storage}/tables/{TABLE}/export-async", json={"gzip": True}, timeout=30).json()
    while job["status"] in ("waiting", "processing"):
        time.sleep(0.1)
        job = api.get(f"{storage}/jobs/{job['id']}", timeout=30).json()
    file = api.get(f"{storage}/files/{job['results']['file']['id']}?federationToken=1", timeout=30).json()

    rows = 0
    for entry in requests.get(file["url"], timeout=30).json()["entries"]:
        bucket, key = entry["url"].removeprefix("s3://").split("/", 1)
        url = f"{stack['storage_endpoint']}/{bucket}/{urllib.parse.quote(key)}"
        text = gzip.decompress(download(url, file["region"], file["credentials"]))
        rows += text.count(b"\n")
    print(f"{rows} rows")

    left = requests.get(f"{emulator}/__agnes/faults", timeout=30).json()["unconsumed"]
    if left:
        raise SystemExit(f"never happened: {left}")


if __name__ == "__main__":
    main(sys.argv[1])
