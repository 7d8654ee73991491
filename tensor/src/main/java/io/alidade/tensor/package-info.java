@NullMarked
package io.alidade.tensor;

import org.jspecify.annotations.NullMarked;
