# An ASGI application behind Mangum. Each line of standard input is an event with the answer that the application gives;
# each line of standard output is the result with the request that the application saw.
import asyncio
import base64
import json
import sys

from mangum import Mangum

answer = None
seen = None


async def app(scope, receive, send):
    global seen
    body = (await receive()).get("body", b"")
    headers = {}
    for name, value in scope["headers"]:
        key = name.decode()
        headers[key] = f"{headers[key]}, {value.decode()}" if key in headers else value.decode()
    seen = {
        "method": scope["method"],
        "path": scope["path"],
        "query": scope["query_string"].decode(),
        "headers": headers,
        "body": base64.b64encode(body).decode(),
    }
    lines = answer["headers"] + [["set-cookie", line] for line in answer["cookies"]]
    encoded = [[name.encode(), value.encode()] for name, value in lines]
    await send({"type": "http.response.start", "status": answer["status"], "headers": encoded})
    body = b"" if answer["status"] in (204, 304) else base64.b64decode(answer["body"])
    await send({"type": "http.response.body", "body": body})


asyncio.set_event_loop(asyncio.new_event_loop())
handler = Mangum(app, lifespan="off")
for line in sys.stdin:
    told = json.loads(line)
    answer, seen = told["answer"], None
    result = handler(told["event"], None)
    print(json.dumps({"result": result, "seen": seen}), flush=True)
