"""Says what it is told and writes down what comes: `raw_http.py PORT FILE SILENCE REQUEST`.

REQUEST has the escapes of Python's strings. It is over at the connection's end, or after SILENCE seconds
without a byte behind the first one, which has ten.
"""
import socket
import sys

port, path, silence, request = int(sys.argv[1]), sys.argv[2], float(sys.argv[3]), sys.argv[4]
with socket.create_connection(("127.0.0.1", port), timeout=10) as connection, open(path, "wb") as file:
    connection.sendall(request.encode("latin-1").decode("unicode_escape").encode("latin-1"))
    try:
        while part := connection.recv(65536):
            file.write(part)
            connection.settimeout(silence)
        print("end")
    except TimeoutError:
        print("silence")
    except ConnectionResetError:
        print("reset")
