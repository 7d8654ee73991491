@NullMarked
package io.alidade.model.weights;

import org.jspecify.annotations.NullMarked;
