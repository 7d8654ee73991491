/// Asks servers for vectors, and rerankers for scores, over HTTP, each kind in its own protocol.
///
/// An [io.alidade.eval.api.Endpoint] carries JSON there and back and turns what can go wrong into
/// sentences; an [io.alidade.eval.api.EmbeddingProtocol] knows one kind's requests and answers; an
/// [io.alidade.eval.api.EmbeddingClient] is both together, and an
/// [io.alidade.eval.api.ServerEmbedder] makes an embedder of it. Rerankers have an
/// [io.alidade.eval.api.RerankClient] with its [io.alidade.eval.api.RerankProtocol].
@NullMarked
package io.alidade.eval.api;

import org.jspecify.annotations.NullMarked;
