package io.wadi.ingest.json;

import io.wadi.ingest.event.Event;

/**
 * A splitter of plain text, as browsers send it. The text is an array if its first character that is not whitespace is
 * a bracket, otherwise lines.
 */
final class TextSplitter implements Splitter {
    private final Splitter lines;
    private final Splitter array;
    private Splitter chosen;

    TextSplitter(Splitter lines, Splitter array) {
        this.lines = lines;
        this.array = array;
    }

    @Override
    public void push(byte[] bytes, int from, int to) {
        for (int i = from; chosen == null && i < to; i++) {
            if (!EventSplitter.isBlank(bytes[i])) {
                chosen = bytes[i] == '[' ? array : lines;
            }
        }
        if (chosen == null) {
            // Both splitters count the whitespace in their locations.
            lines.push(bytes, from, to);
            array.push(bytes, from, to);
        } else {
            chosen.push(bytes, from, to);
        }
    }

    @Override
    public void end() {
        if (chosen == null) {
            chosen = lines;
        }
        chosen.end();
    }

    @Override
    public void close() {
        lines.close();
        array.close();
    }

    @Override
    public Event next() {
        if (chosen == null) {
            array.next();
            return lines.next();
        }
        return chosen.next();
    }
}
