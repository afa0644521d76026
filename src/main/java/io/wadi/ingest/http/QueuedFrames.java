package io.wadi.ingest.http;

import java.util.ArrayDeque;
import java.util.Queue;

/** The number of a stream's DATA frames that are queued, in the order of their arrival, until they are consumed. */
final class QueuedFrames {
    /** The bytes after which frames are counted in another run, so that few numbers describe many frames. */
    private static final int RUN_BYTES = 4 << 10;

    private final Queue<Run> runs = new ArrayDeque<>(2);
    private Run last = new Run(0);
    private long received;
    private int count;

    /** Successive frames. */
    private static final class Run {
        private final long begin;
        private long end;
        private int frames;

        Run(long begin) {
            this.begin = begin;
        }
    }

    /** Adds a frame with a number of bytes. */
    void add(int bytes) {
        if (runs.isEmpty() || received - last.begin >= RUN_BYTES) {
            last = new Run(received);
            runs.add(last);
        }
        received += bytes;
        count++;
        last.frames++;
        last.end = received;
    }

    /**
     * Removes runs of frames that are consumed, and returns the number of frames that remain.
     *
     * @param unconsumed the number of the last bytes that are not consumed
     */
    int retain(long unconsumed) {
        while (!runs.isEmpty() && runs.peek().end <= received - unconsumed) {
            count -= runs.remove().frames;
        }
        return count;
    }
}
