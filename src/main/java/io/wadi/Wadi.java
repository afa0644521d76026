package io.wadi;

/** The pipeline's main class. */
public final class Wadi {
    private Wadi() {}

    public static void main(String[] args) {
        System.out.println("x");
    }
}
