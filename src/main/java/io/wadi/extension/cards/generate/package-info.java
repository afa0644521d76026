/** Payments that were never made, with frauds that are known: for training, for tests and to try things out. */
package io.wadi.extension.cards.generate;
