/** The runtime of sink connectors: offsets that are committed together with dead letters. */
package io.wadi.extension.connectors.sink;
