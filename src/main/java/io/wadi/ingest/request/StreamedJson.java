package io.wadi.ingest.request;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.NoSuchElementException;

/** A JSON body that is generated piece by piece while the response is written. */
public abstract class StreamedJson implements Iterator<byte[]> {
    private static final int PIECE = 1 << 14;
    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(JsonWriteFeature.COMBINE_UNICODE_SURROGATES_IN_UTF8)
            .build();

    private final ByteArrayOutputStream piece = new ByteArrayOutputStream(512);
    private final JsonGenerator json;
    private boolean complete;

    protected StreamedJson() {
        try {
            json = JSON.createGenerator(piece);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Writes the next part; returns whether there is more. */
    protected abstract boolean write(JsonGenerator more) throws IOException;

    @Override
    public final boolean hasNext() {
        return !complete;
    }

    /** Returns the next piece: about 16 KiB, the last one less. */
    @Override
    public final byte[] next() {
        if (complete) {
            throw new NoSuchElementException();
        }
        piece.reset();
        try {
            do {
                complete = !write(json);
            } while (!complete && piece.size() + json.getOutputBuffered() < PIECE);
            json.flush();
            if (complete) {
                json.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return piece.toByteArray();
    }
}
