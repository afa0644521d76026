package io.wadi.ingest.fuzz;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import com.github.luben.zstd.Zstd;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.SplittableRandom;

/** Joins, compresses, corrupts and searches bytes. */
final class Bytes {
    /** The byte order mark of UTF-8. */
    static final byte[] MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

    private static final byte[][] NASTY = {
        {0},
        {'\r', '\n'},
        {'\n'},
        {'\r'},
        {(byte) 0xFF},
        {(byte) 0xC0, (byte) 0x80},
        {' '},
        {'\t'},
        {':'},
        {'%'},
        {'"'},
        {'\\'},
        {'{'},
        {'['},
        {'}'},
        {']'},
        {','},
        {'-'},
        {'9', '9', '9', '9', '9', '9', '9', '9', '9', '9'},
        {(byte) 0xED, (byte) 0xA0, (byte) 0x80}
    };

    private Bytes() {}

    /** Returns one byte for each character. */
    static byte[] of(String text) {
        return text.getBytes(ISO_8859_1);
    }

    static byte[] join(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    static byte[] zstd(byte[] bytes) {
        return Zstd.compress(bytes);
    }

    /**
     * Returns the bytes with one to four random changes: a byte replaced, a part removed, doubled, or bytes inserted.
     */
    static byte[] corrupt(byte[] bytes, SplittableRandom random) {
        byte[] next = bytes;
        for (int i = random.nextInt(1, 5); i > 0; i--) {
            next = corruptOnce(next, random);
        }
        return next;
    }

    private static byte[] corruptOnce(byte[] bytes, SplittableRandom random) {
        if (bytes.length == 0) {
            return bytes;
        }
        int from = random.nextInt(bytes.length);
        int to = Math.min(bytes.length, from + 1 + random.nextInt(8));
        byte[] head = Arrays.copyOf(bytes, from);
        byte[] middle = Arrays.copyOfRange(bytes, from, to);
        byte[] tail = Arrays.copyOfRange(bytes, to, bytes.length);
        switch (random.nextInt(4)) {
            case 0 -> middle[random.nextInt(middle.length)] = (byte) random.nextInt(256);
            case 1 -> middle = new byte[0];
            case 2 -> middle = join(middle, middle);
            default -> middle = join(NASTY[random.nextInt(NASTY.length)], middle);
        }
        return join(head, middle, tail);
    }

    /** Returns the bytes without the blanks that JSON allows around a value. */
    static byte[] trimmed(byte[] bytes) {
        int from = 0;
        int to = bytes.length;
        while (from < to && isBlank(bytes[from])) {
            from++;
        }
        while (to > from && isBlank(bytes[to - 1])) {
            to--;
        }
        return Arrays.copyOfRange(bytes, from, to);
    }

    private static boolean isBlank(byte one) {
        return one == ' ' || one == '\t' || one == '\r' || one == '\n';
    }

    /** Returns whether the bytes contain a piece. */
    static boolean contains(byte[] bytes, byte[] piece) {
        for (int i = 0; i <= bytes.length - piece.length; i++) {
            if (Arrays.equals(bytes, i, i + piece.length, piece, 0, piece.length)) {
                return true;
            }
        }
        return false;
    }
}
