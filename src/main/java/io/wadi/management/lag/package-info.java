/** How far all consumer groups of the cluster are behind, what is to be said of each, and its HTTP in Burrow's form. */
package io.wadi.management.lag;
