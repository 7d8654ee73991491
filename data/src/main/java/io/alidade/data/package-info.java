@NullMarked
package io.alidade.data;

import org.jspecify.annotations.NullMarked;
