package io.wadi.metrics.prometheus;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/** The samples read from an exposition. */
final class Read implements Exposition.Reader {
    final List<Sample> samples = new ArrayList<>();

    /** The rejected lines, each as {@code LINE: reason}. */
    final List<String> refused = new ArrayList<>();

    static Read text(String exposition) throws ScrapeException {
        return of(exposition.getBytes(UTF_8), ExpositionFormat.TEXT);
    }

    static Read openMetrics(String exposition) throws ScrapeException {
        return of(exposition.getBytes(UTF_8), ExpositionFormat.OPEN_METRICS);
    }

    static Read of(byte[] exposition, ExpositionFormat format) throws ScrapeException {
        return of(new ByteArrayInputStream(exposition), format);
    }

    static Read of(InputStream exposition, ExpositionFormat format) throws ScrapeException {
        Read read = new Read();
        try {
            Exposition.read(exposition, Long.MAX_VALUE, format, read);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return read;
    }

    @Override
    public void sample(Sample sample) {
        samples.add(sample);
    }

    @Override
    public void refused(int line, String why) {
        refused.add(line + ": " + why);
    }
}
