import FirmwareImage
import Foundation
import Testing

extension BoardTests {
    /// A user's app, built by make.
    @Suite(.timeLimit(.minutes(10))) struct MakeTests {
        private let make: Make

        init() throws { self.make = try Make() }

        private static let hello = """
            #include <stdio.h>
            void app_main(void) { printf("hello\\n"); }
            """

        private func run(_ words: [String] = [], typed lines: [String] = []) throws
            -> VirtualBoard.Ended
        {
            try VirtualBoard(program: self.make.program).run(words, typed: lines)
        }

        @Test func anAppIsBuiltAndUpdatesItself() throws {
            defer { self.make.remove() }
            let apps = Make.package.appending(path: "Tests/BoardTests/Apps")
            let built = try self.make.run(
                "APP=\(apps.appending(path: "simple").path)", "OUT=program")
            try #require(built.status == 0, "\(built.output)")
            let image = try AppImageRecipe(project: "app", version: "2.0.0", size: 40_000).image()
            let server = try OTAServer(image.bytes)
            let board = try VirtualBoard(program: self.make.program)
            let it = try board.run(["--url", server.url + "/image"])
            #expect(it.status == 0)
            #expect(try board.report().suffix(2) == ["app ota_0 2.0.0", "idle"])
        }

        /// With Wi-Fi events, and a certificate of a name of its own.
        @Test func anAppThatConnectsByItselfIsBuiltAndUpdatesItself() throws {
            defer { self.make.remove() }
            try self.make.write("none", to: "root_ca.pem")
            let app = Make.package.appending(path: "Tests/BoardTests/Apps/station/station.c")
            let built = try self.make.run(
                "APP=\(app.path)", "EMBED_TXTFILES=root_ca.pem", "OUT=program",
                "CFLAGS=-O1 -Wall -Wextra -Werror")
            try #require(built.status == 0, "\(built.output)")
            let image = try AppImageRecipe(project: "app", version: "2.0.0", size: 40_000).image()
            let server = try OTAServer(image.bytes)
            let board = try VirtualBoard(program: self.make.program)
            let it = try board.run(["--url", server.url + "/image"])
            for line in ["got ip:127.0.0.1", "connected to home", "station: 51 %"] {
                #expect(it.console.contains(line), "\(it.console)")
            }
            #expect(try board.report().suffix(2) == ["app ota_0 2.0.0", "idle"])
            let failed = try board.run(["--url", server.url + "/status/404"])
            #expect(failed.console.contains("station: gone: 8"))
        }

        @Test func theProjectsAppIsBuiltWithItsComponents() throws {
            defer { self.make.remove() }
            let built = try self.make.run("APP=\(Make.firmware)", "OUT=\(self.make.program)")
            try #require(built.status == 0, "\(built.output)")
            #expect(!built.output.contains("warning"))
            let it = try self.run(typed: ["method guarded", "status"])
            #expect(it.console.contains("method guarded\n"))
            #expect(it.console.contains("\"event\":\"boot\",\"project\":\"virtual-board-factory\""))
        }

        @Test func onlyWhatHasChangedIsBuiltAgain() throws {
            defer { self.make.remove() }
            try self.make.write(Self.hello, to: "app/main.c")
            try self.make.write("#include \"two.h\"", to: "app/two.c")
            try self.make.write("#define TWO 2", to: "app/two.h")
            let built = try self.make.run("APP=app", "OUT=program")
            try #require(built.status == 0, "\(built.output)")
            #expect(Set(built.compiled).isSuperset(of: ["main.c", "two.c"]))
            #expect(try self.make.run("APP=app", "OUT=program").compiled == [])
            try self.make.write("#define TWO 3", to: "app/two.h")
            #expect(try self.make.run("APP=app", "OUT=program").compiled == ["two.c"])
            #expect(try self.run().console.contains("hello\n"))
        }

        @Test func anSdkconfigSetsWhatTheAppAndTheBoardAre() throws {
            defer { self.make.remove() }
            try self.make.write(
                """
                #include <stdio.h>
                #include "sdkconfig.h"
                void app_main(void)
                {
                    printf("%s %d %#x %d\\n", CONFIG_WORDS, CONFIG_NUMBER, CONFIG_HEX, CONFIG_FLAG);
                #if defined(CONFIG_OFF) || defined(CONFIG_MBEDTLS_CERTIFICATE_BUNDLE)
                    printf("set\\n");
                #endif
                }
                """, to: "app.c")
            try self.make.write(
                """
                # A comment
                CONFIG_WORDS="two words"
                CONFIG_NUMBER=7
                CONFIG_HEX=0xe000
                CONFIG_FLAG=y
                CONFIG_OFF=n
                # CONFIG_MBEDTLS_CERTIFICATE_BUNDLE is not set
                CONFIG_BOOTLOADER_APP_ROLLBACK_ENABLE=y
                """, to: "sdkconfig")
            try self.make.write(
                "CONFIG_NUMBER=8\nCONFIG_BOOTLOADER_APP_ANTI_ROLLBACK=y\n", to: "later")
            let built = try self.make.run("APP=app.c", "CONFIG=sdkconfig later", "OUT=program")
            try #require(built.status == 0, "\(built.output)")
            let it = try self.run()
            #expect(it.console.contains("two words 8 0xe000 1\n") && !it.console.contains("set\n"))
            #expect(it.console.contains("Enabled a check secure version of app for anti rollback"))
            // Rollback is off where an sdkconfig does not speak of it.
            try self.make.write(
                "CONFIG_WORDS=\"\"\nCONFIG_NUMBER=1\nCONFIG_HEX=1\nCONFIG_FLAG=y\n", to: "plain")
            let off = try self.make.run("APP=app.c", "CONFIG=plain", "OUT=program")
            try #require(off.status == 0, "\(off.output)")
            #expect(try self.run(["--anti-rollback", "1"]).errors.contains("needs --rollback on"))
        }

        @Test func filesAreEmbeddedAsIDFEmbedsThem() throws {
            defer { self.make.remove() }
            try self.make.write(
                """
                #include <stdio.h>
                extern const char text[] asm("_binary_root_ca_pem_start");
                extern const char text_end[] asm("_binary_root_ca_pem_end");
                extern const char data[] asm("_binary_data_bin_start");
                extern const char data_end[] asm("_binary_data_bin_end");
                void app_main(void)
                {
                    printf("%s %d %d\\n", text, (int)(text_end - text), (int)(data_end - data));
                }
                """, to: "app.c")
            try self.make.write("a text", to: "certs/root_ca.pem")
            try self.make.write("bytes", to: "data.bin")
            let built = try self.make.run(
                "APP=app.c", "EMBED_TXTFILES=certs/root_ca.pem", "EMBED_FILES=data.bin",
                "OUT=program")
            try #require(built.status == 0, "\(built.output)")
            #expect(try self.run().console.contains("a text 7 5\n"))
        }

        @Test func namesThatTheBoardHasForItselfAreTheAppsToUse() throws {
            defer { self.make.remove() }
            try self.make.write(
                """
                #include <stdio.h>
                #include "esp_ota_ops.h"
                int board = 1, run_install = 2;
                void report(void) { printf("my own %d %d\\n", board, run_install); }
                void fail(void) { report(); }
                void flash_open(void) { fail(); }
                void app_main(void)
                {
                    flash_open();
                    printf("%s\\n", esp_ota_get_running_partition()->label);
                }
                """, to: "app.c")
            let built = try self.make.run("APP=app.c", "OUT=program")
            try #require(built.status == 0, "\(built.output)")
            #expect(try self.run().console.contains("my own 1 2\nfactory\n"))
        }

        @Test func aSanitizerSeesWhatTheAppDoes() throws {
            defer { self.make.remove() }
            try self.make.write(
                """
                #include <stdio.h>
                #include <stdlib.h>
                void app_main(void)
                {
                    volatile char *text = malloc(3);
                    printf("%c\\n", text[3]);
                }
                """, to: "app.c")
            let built = try self.make.run(
                "APP=app.c", "SANITIZE=address,undefined", "OUT=program")
            try #require(built.status == 0, "\(built.output)")
            #expect(try self.run().errors.contains("AddressSanitizer: heap-buffer-overflow"))
        }

        @Test(arguments: [
            ([], "APP= is missing: name the app"),
            (["APP=/none"], "APP=/none: there is no such file"),
            (["APP=none/main.c"], "APP=none/main.c: there is no such file"),
            (["APP=\(Make.firmware)/server_certs"], "there is no .c file in it"),
            (["APP=\(Make.firmware)", "CONFIG=/none"], "CONFIG=/none: there is no such file"),
            (["APP=two words"], "a path with spaces in it cannot be built"),
            (["APP=\(Make.firmware)", "CC=/none"], "/none"),
            (["APP=\(Make.firmware)", "OBJCOPY=/none"], "install binutils"),
            (
                ["APP=\(Make.firmware)", "CC=cc -nostdinc"],
                "On Debian: apt-get install libmbedtls-dev libhttp-parser-dev"
            ),
        ])
        func aMistakeIsExplained(_ words: [String], _ said: String) throws {
            defer { self.make.remove() }
            let it = try self.make.run(words + ["OUT=\(self.make.program)"])
            #expect(it.status == 2)
            #expect(it.output.contains(said), "\(it.output)")
        }

        @Test func helpNamesEveryVariable() throws {
            defer { self.make.remove() }
            let it = try self.make.run("help")
            #expect(it.status == 0)
            for name in [
                "APP", "CONFIG", "EMBED_TXTFILES", "OUT", "SANITIZE", "CPPFLAGS", "LDLIBS",
            ] {
                #expect(it.output.contains(name))
            }
        }
    }
}
