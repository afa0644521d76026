package io.wadi.extension.cards.model;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** The directory of the models. */
public interface ModelFiles {

    /** The names of all files; none where there is no directory yet. */
    List<String> names() throws IOException;

    /** A file's bytes; nothing where there is none. */
    Optional<byte[]> read(String name) throws IOException;

    /** Writes a file, so that readers see it whole or as it was before; makes the directory where there is none. */
    void write(String name, byte[] bytes) throws IOException;

    /** Where it is, for those who read of it. */
    String place();
}
