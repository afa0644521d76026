package io.wadi.metrics.prometheus;

import io.wadi.runtime.config.Units;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A streaming parser of expositions that buffers one line of at most 64 KiB.
 *
 * <p>The formats are those of <a href="https://prometheus.io/docs/instrumenting/exposition_formats/">Prometheus' text
 * format, version 0.0.4</a>, and of <a
 * href="https://github.com/prometheus/OpenMetrics/blob/main/specification/OpenMetrics.md">OpenMetrics 1.0</a>. Samples
 * are parsed strictly; comments ({@code HELP}, {@code TYPE}, {@code UNIT} and others) are skipped, and blanks and empty
 * lines are accepted where the text format allows them. An invalid line is reported with its number and the others are
 * read.
 */
final class Exposition {
    /** A callback that receives the samples and invalid lines in their order. */
    interface Reader {
        /**
         * Called for a valid sample.
         *
         * @throws ScrapeException to stop reading
         */
        void sample(Sample sample) throws ScrapeException;

        /**
         * Called for an invalid line.
         *
         * @param line its number, from 1
         * @param why the value found and what is expected
         */
        void refused(int line, String why);
    }

    private final LineReader lines;
    private final ExpositionFormat format;
    private final Reader reader;

    private Exposition(InputStream text, long maxBody, ExpositionFormat format, Reader reader) {
        this.lines = new LineReader(text, maxBody);
        this.format = format;
        this.reader = reader;
    }

    /**
     * Reads an exposition to its end.
     *
     * @param text UTF-8; the caller closes it
     * @param maxBody maximum size of the text in bytes
     * @throws ScrapeException if the text is too large; if an OpenMetrics text has no end mark, so that it is truncated
     *     and even its last value may be; or if the reader throws it
     * @throws IOException if the text cannot be read
     */
    static void read(InputStream text, long maxBody, ExpositionFormat format, Reader reader)
            throws IOException, ScrapeException {
        new Exposition(text, maxBody, format, reader).read();
    }

    private void read() throws IOException, ScrapeException {
        boolean ended = false;
        while (lines.next()) {
            if (ended) {
                reader.refused(lines.number(), "found a line after # EOF, expected nothing");
                return; // the rest is not part of the exposition
            }
            ended = format == ExpositionFormat.OPEN_METRICS && lines.isEndMark();
            if (!ended) {
                line();
            }
        }
        if (format == ExpositionFormat.OPEN_METRICS && !ended) {
            throw new ScrapeException("sent a truncated exposition: # EOF is missing");
        }
    }

    private void line() throws ScrapeException {
        try {
            if (lines.isTooLong()) {
                throw new InvalidSampleException("found a line of more than " + LineReader.MAX_BYTES + " bytes");
            }
            SampleParser parser = new SampleParser(lines.text(), lines.number(), format);
            if (parser.isEmptyOrComment()) {
                return;
            }
            if (!lines.isTerminated()) {
                throw new InvalidSampleException("found no line feed at the end, the line may be truncated");
            }
            reader.sample(parser.sample());
        } catch (InvalidSampleException e) {
            reader.refused(lines.number(), e.getMessage());
        }
    }

    /** The lines of a stream, one at a time. */
    private static final class LineReader {
        static final int MAX_BYTES = 64 << 10;
        private static final byte[] END_MARK = "# EOF".getBytes(StandardCharsets.UTF_8);
        private final InputStream input;
        private final long maxBody;
        private final CharsetDecoder utf8 = StandardCharsets.UTF_8.newDecoder();
        private final byte[] chunk = new byte[8192];
        private long total;
        private int from;
        private int to;
        private byte[] line = new byte[256];
        private int length;
        private int number;
        private boolean terminated;
        private boolean tooLong;

        LineReader(InputStream input, long maxBody) {
            this.input = input;
            this.maxBody = maxBody;
        }

        /** Advances to the next line; returns false at the end of the text. */
        boolean next() throws IOException, ScrapeException {
            length = 0;
            terminated = false;
            tooLong = false;
            while (!terminated && (from < to || fill())) {
                int end = from;
                while (end < to && chunk[end] != '\n') {
                    end++;
                }
                take(end - from);
                terminated = end < to;
                from = terminated ? end + 1 : end;
            }
            boolean found = terminated || length > 0;
            number += found ? 1 : 0;
            return found;
        }

        private boolean fill() throws IOException, ScrapeException {
            from = 0;
            to = Math.max(0, input.read(chunk));
            total += to;
            if (total > maxBody) {
                throw new ScrapeException("sent more than " + Units.text(maxBody) + " decompressed");
            }
            return to > 0;
        }

        private void take(int count) {
            int kept = Math.min(count, MAX_BYTES - length);
            tooLong |= kept < count;
            if (length + kept > line.length) {
                line = Arrays.copyOf(line, Math.max(length + kept, 2 * line.length));
            }
            System.arraycopy(chunk, from, line, length, kept);
            length += kept;
        }

        /** Returns whether the line exceeded {@link #MAX_BYTES}. */
        boolean isTooLong() {
            return tooLong;
        }

        int number() {
            return number;
        }

        /** Returns whether a line feed ends the line. */
        boolean isTerminated() {
            return terminated;
        }

        boolean isEndMark() {
            return Arrays.equals(line, 0, length, END_MARK, 0, END_MARK.length);
        }

        /** Decodes the line; without the JDK's exception for malformed input, of which each takes kilobytes. */
        String text() throws InvalidSampleException {
            CharBuffer text = CharBuffer.allocate(length);
            if (utf8.reset()
                    .decode(ByteBuffer.wrap(line, 0, length), text, true)
                    .isError()) {
                throw new InvalidSampleException("found bytes that are not UTF-8");
            }
            return text.flip().toString();
        }
    }
}
