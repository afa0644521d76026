/** Types shared by consumers, producers and routes: record batches, sinks, offsets, headers and retries. */
package io.wadi.kafka;
