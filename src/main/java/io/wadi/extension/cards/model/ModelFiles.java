package io.wadi.extension.cards.model;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** The directory of the models. */
public interface ModelFiles {

    /** Returns the names of all files; empty if the directory does not exist. */
    List<String> names() throws IOException;

    /** Returns the content of a file; empty if it does not exist. */
    Optional<byte[]> read(String name) throws IOException;

    /** Creates a file, and the directory if needed; returns false, and changes nothing, if the file exists. */
    boolean create(String name, byte[] bytes) throws IOException;

    /** Replaces a file atomically and creates the directory if needed. */
    void write(String name, byte[] bytes) throws IOException;

    /** Returns the directory, for messages. */
    String place();
}
