/** Landed files: names, directories, listings and reading them back. */
package io.wadi.landing.files;
