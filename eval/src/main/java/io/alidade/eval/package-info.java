@NullMarked
package io.alidade.eval;

import org.jspecify.annotations.NullMarked;
