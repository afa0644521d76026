package io.wadi.landing.format;

import java.io.IOException;
import java.io.OutputStream;
import org.apache.camel.util.function.ThrowingFunction;

/** The encoding of one topic's records in files. */
public record Encoding(Format format, ThrowingFunction<OutputStream, Encoder, IOException> opener) {
    /** Begins a file. The encoder writes to {@code file} and does not close it. */
    public Encoder open(OutputStream file) throws IOException {
        return opener.apply(file);
    }
}
