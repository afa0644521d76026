package io.wadi.format;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * JSON objects with names that have the same hash as {@code country} in Jackson's table of names, whatever its seed.
 */
public final class CollidingNames {
    /** The inverse of 33 modulo 2^32. */
    private static final int INVERSE = 0x3E0F83E1;

    /** The part of the hash before the seed; the last four bytes of a name of seven have one byte of ones. */
    private static final int HASH = mixed(quad("coun")) + 33 * (0xFF000000 | 't' << 16 | 'r' << 8 | 'y');

    private CollidingNames() {}

    /** Returns objects that empty a table of names, and fill the slots for names that collide with {@code country}. */
    public static List<String> objects() {
        List<String> colliding = IntStream.range(0, 26 * 26 * 26 * 26)
                .map(i -> quad(i / (26 * 26 * 26), i / (26 * 26) % 26, i / 26 % 26, i % 26) + quad("aaaa"))
                .filter(begin -> isLetters(end(begin)))
                .mapToObj(begin -> text(begin) + text(end(begin)))
                .limit(600)
                .toList();
        return List.of(
                object(IntStream.range(0, 6_001).mapToObj(i -> "n" + i)),
                object(colliding.stream().limit(300)),
                object(colliding.stream().skip(300)));
    }

    private static String object(Stream<String> names) {
        return names.map(name -> "\"" + name + "\":1").collect(Collectors.joining(",", "{", "}"));
    }

    /** Returns the last four characters of the name that begins with these and has the same hash. */
    private static int end(int begin) {
        return (HASH - mixed(begin)) * INVERSE;
    }

    private static boolean isLetters(int quad) {
        return IntStream.of(24, 16, 8, 0)
                .map(shift -> quad >>> shift & 0xFF)
                .allMatch(c -> c < 128 && Character.isLetter(c));
    }

    /** Returns four characters as Jackson reads them: the first is the highest byte. */
    private static int quad(String text) {
        return quad(text.charAt(0), text.charAt(1), text.charAt(2), text.charAt(3));
    }

    private static int quad(int first, int second, int third, int fourth) {
        return first << 24 | second << 16 | third << 8 | fourth;
    }

    private static String text(int quad) {
        return new String(new char[] {
            (char) (quad >>> 24), (char) (quad >>> 16 & 0xFF), (char) (quad >>> 8 & 0xFF), (char) (quad & 0xFF)
        });
    }

    private static int mixed(int first) {
        int hash = first + (first >>> 15);
        return hash ^ (hash >>> 9);
    }
}
