package io.wadi.ingest.event;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * A parser that reads many events one after another, including rejected ones. A parser per event would copy the shared
 * table of names for each event with a new name, which takes 25 µs and 225 KB instead of 1 µs. Not thread-safe.
 */
public final class ReusedParser {
    /**
     * The factory of parsers. They are never closed, which would add names from clients to the table that all parsers
     * share.
     */
    private static final StrictJsonFactory JSON = new StrictJsonFactory();

    private final int maxBytes;
    private StrictJsonParser parser = JSON.parser();
    private long parsedBytes;

    /**
     * Creates a parser.
     *
     * @param maxBytes the bytes of events after which the parser is replaced: it keeps all names it has read, at ten
     *     times their bytes
     */
    public ReusedParser(int maxBytes) {
        this.maxBytes = maxBytes;
    }

    @FunctionalInterface
    public interface Reading<T> {
        /** Reads the event with the parser, which is before its first token. */
        T read(StrictJsonParser parser) throws IOException;
    }

    /**
     * Reads the event from one index (inclusive) to another (exclusive). The reading is repeated if names of earlier
     * events may have caused its failure.
     *
     * @throws MalformedJsonException if the bytes are not UTF-8 or not JSON, or exceed a limit of {@link
     *     StrictJsonFactory}
     */
    public <T> T read(byte[] bytes, int from, int to, Reading<T> reading) throws MalformedJsonException {
        JsonRules.requireUtf8(bytes, from, from, to);
        parsedBytes += to - from;
        try {
            parser.begin(bytes, from, to);
            return reading.read(parser);
        } catch (MalformedJsonException e) {
            throw e;
        } catch (JsonLimitException e) {
            throw parser.malformed(e.getOriginalMessage());
        } catch (JsonProcessingException e) {
            if (parsedBytes == to - from) {
                throw parser.malformed(e.getOriginalMessage());
            }
            // Jackson rejects a table with too many colliding names.
            renew();
            return read(bytes, from, to, reading);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            parser.end();
            if (parsedBytes > maxBytes) {
                renew();
            }
        }
    }

    private void renew() {
        parser = JSON.parser();
        parsedBytes = 0;
    }
}
