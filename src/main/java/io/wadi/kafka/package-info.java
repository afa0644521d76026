/** What the consumers, the producers and the routes share: runs, sinks and their offsets, headers, causes and retries. */
package io.wadi.kafka;
