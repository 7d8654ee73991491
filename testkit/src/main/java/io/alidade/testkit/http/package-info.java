/// A real HTTP server on the loopback interface, for tests of clients.
@NullMarked
package io.alidade.testkit.http;

import org.jspecify.annotations.NullMarked;
