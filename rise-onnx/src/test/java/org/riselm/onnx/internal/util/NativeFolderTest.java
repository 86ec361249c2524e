package org.riselm.onnx.internal.util;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NativeFolderTest {
  @TempDir Path temp;
  private Path home;

  @BeforeEach
  void makeHome() throws IOException {
    assumeTrue(
        temp.getFileSystem().supportedFileAttributeViews().contains("unix"),
        "skipped: files have no mode as on Unix");
    home = Files.createDirectory(temp.resolve("home")).toRealPath();
  }

  private static void mode(Path path, String permissions) throws IOException {
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
  }

  private Path usual() {
    return home.resolve(".cache").resolve("natives");
  }

  private void assertRefused(String what, Path at) throws IOException {
    Path chosen = NativeFolder.choose("-Dsetting", null, usual());
    assertNotEquals(usual(), chosen, what);
    assertEquals("rwx------", permissions(chosen.getParent()));
    String named = usual().toString();
    IllegalStateException e =
        assertThrows(
            IllegalStateException.class,
            () -> NativeFolder.choose("-Dsetting", named, home.resolve("other")));
    String said = String.valueOf(e.getMessage());
    assertTrue(said.contains("-Dsetting") && said.contains(at.toString()), said);
  }

  private static String permissions(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  @Test
  void theUsualFolderIsMadeForThisUserOnly() throws IOException {
    assertEquals(usual(), NativeFolder.choose("-Dsetting", null, usual()));
    assertEquals("rwx------", permissions(usual()));
    assertEquals(usual(), NativeFolder.choose("-Dsetting", null, usual()), "the second time");
    Path named = home.resolve("named");
    assertEquals(named, NativeFolder.choose("-Dsetting", named.toString(), usual()));
  }

  @Test
  void aFolderThatEveryoneCanWriteIsNotUsed() throws IOException {
    Files.createDirectories(usual());
    mode(usual(), "rwxrwxrwx");
    assertRefused("mode", usual());
  }

  @Test
  void aFolderInOneThatEveryoneCanWriteIsNotUsed() throws IOException {
    Files.createDirectories(usual());
    mode(usual().getParent(), "rwxrwxrwx");
    assertRefused("parent", usual().getParent());
    Files.setAttribute(usual().getParent(), "unix:mode", 01777);
    assertEquals(usual(), NativeFolder.choose("-Dsetting", null, usual()), "sticky");
  }

  @Test
  void aFolderWithAFileThatEveryoneCanWriteIsNotUsed() throws IOException {
    Path planted = Files.createDirectories(usual().resolve("a/b")).resolve("library.so");
    Files.writeString(planted, "");
    mode(planted, "rwxr--rw-");
    assertRefused("file", planted);
  }

  @Test
  void aFolderOfAnotherUserIsNotUsed() throws IOException {
    Files.createDirectories(usual());
    try {
      Files.setAttribute(usual(), "unix:uid", 12345);
    } catch (IOException e) {
      assumeTrue(false, "skipped: only root gives files away");
    }
    assertRefused("owner", usual());
  }

  @Test
  void aLinkIsFollowedToWhereItLeads() throws IOException {
    Path open = Files.createDirectory(temp.resolve("open"));
    mode(open, "rwxrwxrwx");
    Files.createDirectory(home.resolve(".cache"));
    Files.createSymbolicLink(usual(), open);
    assertRefused("link", open.toRealPath());
  }

  @Test
  void whereNothingCanBeMadeATemporaryFolderIsUsed() throws IOException {
    Path file = Files.writeString(home.resolve("file"), "");
    Path chosen = NativeFolder.choose("-Dsetting", null, file.resolve("natives"));
    assertTrue(Files.isDirectory(chosen));
    IllegalStateException e =
        assertThrows(
            IllegalStateException.class,
            () -> NativeFolder.choose("-Dsetting", file.resolve("x").toString(), usual()));
    assertTrue(String.valueOf(e.getMessage()).contains("-Dsetting"), e::toString);
  }
}
