package io.wadi.extension.connectors.files;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import io.wadi.extension.connectors.convert.Fields;
import io.wadi.extension.connectors.convert.Format;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * The source offset of a file, with the fingerprint of its first bytes, by which it is recognized under another name. Bytes that
 * were read do not change, as a file of lines only grows.
 *
 * @param path where it was last
 * @param inode the file system's identity of the file
 * @param offset of the first byte that is not read
 * @param first how many of its first bytes the print is of: all that were read, up to 1,024
 * @param print of these
 * @param isWithin whether what comes is the rest of a line that is too long
 */
record FileOffset(String path, String inode, long offset, int first, String print, boolean isWithin) {
    private static final int MOST_FIRST = 1024;
    private static final int PRINT_DIGITS = 16;
    private static final Format JSON = Format.of("json", "");

    /** The beginning of a file. */
    static FileOffset beginning(String path, String inode) {
        return new FileOffset(path, inode, 0, 0, "", false);
    }

    /** That of a text that was kept. */
    static FileOffset of(String kept) {
        JsonNode json = JSON.read(ByteBuffer.wrap(kept.getBytes(UTF_8))).json();
        return new FileOffset(
                json.path("path").asText(),
                json.path("inode").asText(),
                json.path("offset").asLong(),
                json.path("first").asInt(),
                json.path("print").asText(),
                json.path("within").asBoolean());
    }

    /** As a text, to be kept. */
    String kept() {
        Fields fields = Fields.none();
        fields.json()
                .put("path", path)
                .put("inode", inode)
                .put("offset", offset)
                .put("first", first)
                .put("print", print)
                .put("within", isWithin);
        return new String(JSON.write(fields), UTF_8);
    }

    /** Further on in the same file. */
    FileOffset to(long newOffset, boolean within, FileChannel file) throws IOException {
        int bytes = (int) Math.min(MOST_FIRST, newOffset);
        return new FileOffset(path, inode, newOffset, bytes, bytes == first ? print : print(file, bytes), within);
    }

    /** The same file under the name that it has now. */
    FileOffset at(String newPath, String newInode) {
        return new FileOffset(newPath, newInode, offset, first, print, isWithin);
    }

    /** Whether a file begins as this one, and has what was read of it. */
    boolean isOf(FileChannel file) throws IOException {
        return file.size() >= offset && (first == 0 || print(file, first).equals(print));
    }

    private static String print(FileChannel file, int bytes) throws IOException {
        ByteBuffer read = ByteBuffer.allocate(bytes);
        while (read.hasRemaining() && file.read(read, read.position()) >= 0) {
            // until there is no more
        }
        return DigestUtils.sha256Hex(read.array()).substring(0, PRINT_DIGITS);
    }
}
