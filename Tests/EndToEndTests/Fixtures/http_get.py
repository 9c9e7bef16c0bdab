"""Fetches a URL into a file: `http_get.py requests|httpx URL FILE`. Says `ok`, or the exception's name."""
import sys

client, url, path = sys.argv[1:]


def fetch_by_requests():
    import requests

    with requests.get(url, stream=True, timeout=3, verify=False) as response, open(path, "wb") as file:
        response.raise_for_status()
        for part in response.iter_content(65536):
            file.write(part)


def fetch_by_httpx():
    import httpx

    # Without TLS it speaks HTTP/2 only if it knows no other.
    with httpx.Client(http1=url.startswith("https"), http2=True, verify=False, timeout=3,
                      follow_redirects=True) as session:
        with session.stream("GET", url) as response, open(path, "wb") as file:
            response.raise_for_status()
            for part in response.iter_bytes():
                file.write(part)


try:
    {"requests": fetch_by_requests, "httpx": fetch_by_httpx}[client]()
    print("ok")
except Exception as error:
    print(type(error).__name__)
