package io.wadi.runtime.config;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;

/** The text of a configuration file. */
public final class FileText {
    private static final char BYTE_ORDER_MARK = '\uFEFF';

    private FileText() {}

    /**
     * Decodes a file's content, without a byte order mark.
     *
     * @param file the name of the file, for the message
     * @throws IllegalArgumentException if the content is not UTF-8; the message names the file and the line
     */
    public static String of(String file, byte[] content) {
        ByteBuffer bytes = ByteBuffer.wrap(content);
        CharBuffer text = CharBuffer.allocate(content.length);
        CharsetDecoder decoder = UTF_8.newDecoder();
        if (decoder.decode(bytes, text, true).isError()) {
            long line = text.flip().chars().filter(each -> each == '\n').count() + 1;
            throw new IllegalArgumentException(
                    "%s line %d: not in UTF-8; save the file in UTF-8".formatted(file, line));
        }
        text.flip();
        boolean isMarked = text.hasRemaining() && text.get(0) == BYTE_ORDER_MARK;
        return text.subSequence(isMarked ? 1 : 0, text.length()).toString();
    }
}
