@NullMarked
package io.alidade.train;

import org.jspecify.annotations.NullMarked;
