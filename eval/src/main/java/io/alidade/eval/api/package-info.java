/// Asks servers for vectors over HTTP, each kind in its own protocol.
///
/// An [io.alidade.eval.api.Endpoint] carries JSON there and back and turns what can go wrong into
/// sentences; an [io.alidade.eval.api.EmbeddingProtocol] knows one kind's requests and answers; an
/// [io.alidade.eval.api.EmbeddingClient] is both together.
@NullMarked
package io.alidade.eval.api;

import org.jspecify.annotations.NullMarked;
