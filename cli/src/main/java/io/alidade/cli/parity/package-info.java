/// What the comparison of a server with a model folder needs of the model: texts with their
/// vectors, and the vectors of servers that prepare texts or pool states in another way.
@NullMarked
package io.alidade.cli.parity;

import org.jspecify.annotations.NullMarked;
