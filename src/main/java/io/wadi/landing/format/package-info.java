/** The formats of landed files: how records are written into one, and which records cannot be. */
package io.wadi.landing.format;
