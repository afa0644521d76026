package io.wadi.runtime.health;

import java.util.ArrayDeque;
import java.util.Deque;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/** A step that fills the heap and keeps nothing. Camel creates it by its class name. */
public final class HeapFiller implements Processor {
    private static final int PIECE_BYTES = 100_000;

    @Override
    public void process(Exchange exchange) {
        Deque<byte[]> pieces = new ArrayDeque<>();
        while (pieces.size() < Integer.MAX_VALUE) {
            pieces.push(new byte[PIECE_BYTES]);
        }
    }
}
