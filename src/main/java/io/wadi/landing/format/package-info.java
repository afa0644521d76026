/** Formats of landed files: encoders, decoders and the records that a format rejects. */
package io.wadi.landing.format;
