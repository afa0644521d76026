package io.wadi.ingest.json;

import io.wadi.ingest.event.Event;

/** A splitter that removes a byte order mark at the start of the body. */
final class ByteOrderMarkFilter implements Splitter {
    private static final byte[] MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

    private final Splitter splitter;
    private int matched;
    private boolean begun;

    ByteOrderMarkFilter(Splitter splitter) {
        this.splitter = splitter;
    }

    @Override
    public void push(byte[] bytes, int from, int to) {
        int at = from;
        while (!begun && at < to) {
            if (bytes[at] != MARK[matched]) {
                begun = true;
            } else {
                at++;
                matched++;
                begun = matched == MARK.length;
            }
        }
        if (!begun) {
            return;
        }
        if (matched == 0 || matched == MARK.length) {
            matched = 0;
            splitter.push(bytes, at, to);
        } else {
            byte[] all = new byte[matched + to - at];
            System.arraycopy(MARK, 0, all, 0, matched);
            System.arraycopy(bytes, at, all, matched, to - at);
            matched = 0;
            splitter.push(all, 0, all.length);
        }
    }

    @Override
    public void end() {
        if (!begun && matched > 0) {
            splitter.push(MARK, 0, matched);
            begun = true;
            splitter.next();
        }
        splitter.end();
    }

    @Override
    public void close() {
        splitter.close();
    }

    @Override
    public Event next() {
        return splitter.next();
    }
}
