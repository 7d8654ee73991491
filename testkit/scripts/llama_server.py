"""llama.cpp's own server, as xllamacpp carries it: it runs in this process, on a free port of the loopback
interface, and ends with it."""

import json
import urllib.request
from pathlib import Path

import xllamacpp


def settings(model: Path, slots: int = 1, context: int = 512, threads: int = -1):
    """Settings that may be changed before the server starts; `context` is that of each slot."""
    result = xllamacpp.CommonParams()
    result.model.path = str(model)
    result.cpuparams.n_threads = threads
    result.cpuparams_batch.n_threads = threads
    result.port = 0
    result.n_parallel = slots
    result.n_ctx = slots * context
    result.endpoint_metrics = True
    # The server counts the tokens of prompts that it has cached apart.
    result.cache_prompt = False
    result.verbosity = 1
    return result


def embedding_settings(model: Path, pooling: xllamacpp.llama_pooling_type):
    result = settings(model)
    result.embedding = True
    result.pooling_type = pooling
    # Texts go through whole, so the micro-batch must hold the longest.
    result.n_batch = result.n_ubatch = result.n_ctx
    return result


def tokens(server: xllamacpp.Server) -> tuple[int, int]:
    """Tokens of prompts and of answers so far."""
    with urllib.request.urlopen(f"{server.listening_address}/metrics") as answer:
        lines = answer.read().decode().splitlines()
    counts = dict(line.split(" ") for line in lines if line and not line.startswith("#"))
    return (
        int(counts["llamacpp:prompt_tokens_total"]),
        int(counts["llamacpp:tokens_predicted_total"]),
    )


def post(server: xllamacpp.Server, path: str, body: dict) -> dict:
    request = urllib.request.Request(
        server.listening_address + path,
        json.dumps(body).encode(),
        {"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request) as answer:
        return json.loads(answer.read())
