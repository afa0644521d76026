/** Index templates, policies and aliases, installed before the first document. */
package io.wadi.indexing.setup;
