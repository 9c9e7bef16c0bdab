import FirmwareImage
import Foundation
import Testing

extension BoardTests {
    @Suite(.timeLimit(.minutes(2))) struct ProgramTests {
        @Test(arguments: [
            ([], "--flash is missing"), (["--flash"], "--flash needs a value: FILE"),
            (["--flsh", "x"], "--flsh is no option"), (["x"], "x is no option"),
            (["--flash", "x", "--slot-size", "100K"], "\"100K\" is not 64K, 128K...16M"),
            (["--flash", "x", "--cut-after", "0"], "\"0\" is not N[:BYTES]"),
            (["--flash", "x", "--cut-after=5:x"], "\"5:x\" is not N[:BYTES]"),
            (["--flash", "x", "--trace=1"], "--trace takes no value"),
            (["--flash", "x", "--have-time", "2025-13-01"], "is not YYYY-MM-DD"),
            (["--flash", "x", "--method", "magic"], "\"magic\" is not native|simple"),
            (["--flash", "x", "--anti-rollback", "1", "--rollback", "off"], "needs --rollback on"),
            (["--flash", "x", "--gpio", "4"], "\"4\" is not PIN=0|1"),
            (["--flash", "x", "--max-boots", "-1"], "\"-1\" is not N"),
            (["--flash", "x", "--defect", "none"], "\"none\" is not NAME"),
        ])
        func aWrongCommandLineIsExplained(_ words: [String], _ said: String) throws {
            let it = try VirtualBoard("probe").runPlain(words)
            #expect(it.status == 64)
            #expect(it.errors.contains(said) && it.console.isEmpty, "\(it.errors)")
        }

        @Test func helpNamesEveryOption() throws {
            let it = try VirtualBoard("probe").runPlain(["--help"])
            #expect(it.status == 0)
            for option in [
                "flash", "ca", "url", "method", "chip", "efuse", "rollback", "anti-rollback",
                "factory", "no-factory", "slot-size", "timeout-ms", "have-time", "cut-after",
                "cut-at", "fail-at", "damage", "defect", "defects", "max-boots", "trace", "report",
            ] {
                #expect(it.console.contains("  --\(option)"))
            }
        }

        @Test func anAppRunsUntilTheConsoleEndsAndRemembersOverResets() throws {
            let board = try VirtualBoard("probe")
            let it = try board.run(typed: ["count", "reason", "restart", "count", "reason"])
            #expect(it.status == 0)
            for line in [
                "boots 1\nreason 1\ngoodbye\nrst:0xc (SW_CPU_RESET)", "boots 2\nreason 3\n",
            ] {
                #expect(it.console.contains(line), "\(it.console)")
            }
            #expect(it.console.contains(#/I \(\d+\) boot: ESP-IDF v5.3.2 2nd stage bootloader/#))
            #expect(it.console.contains("boot: Loaded app from partition at offset 0x10000"))
            #expect(it.console.contains("cpu_start: Starting scheduler"))
            #expect(try board.run(typed: ["count"]).console.contains("boots 3\n"))
        }

        @Test(arguments: [
            ("abort", "abort() was called at PC"), ("null", "panic'ed (LoadProhibited)"),
            ("check", "ESP_ERROR_CHECK failed: esp_err_t 0x1102 (ESP_ERR_NVS_NOT_FOUND)"),
        ])
        func aCrashIsAPanicAndABoot(_ command: String, _ said: String) throws {
            let board = try VirtualBoard("probe")
            let it = try board.run(typed: [command, "reason"])
            #expect(it.status == 0)
            #expect(it.console.contains(said) && it.console.contains("Rebooting..."))
            #expect(it.console.contains("reason 4\n"))
            #expect(
                try board.report().filter { $0.hasPrefix("boot") } == [
                    "boot power-on", "boot panic",
                ])
        }

        @Test func deepSleepEndsInABoot() throws {
            let it = try VirtualBoard("probe").run(typed: ["sleep", "reason"])
            #expect(it.console.contains("reason 8\n"))
        }

        @Test func aBoardWhoseTasksAllWaitHasEnded() throws {
            let board = try VirtualBoard("probe")
            #expect(try board.run(typed: ["wait", "end"]).status == 0)
            #expect(try board.report().last == "idle")
        }

        /// And so a new app that hangs stays as it is until somebody resets the chip.
        @Test(.covers("first-hang-no-reset")) func theTaskWatchdogSpeaksAndDoesNotReset() throws {
            let board = try VirtualBoard("probe")
            let old = OTASelectEntry(sequence: 1, state: .valid)
            func new(_ state: OTASelectEntry.State) -> OTASelectEntry {
                OTASelectEntry(sequence: 2, state: state)
            }
            try board.solder(FlashFile(otadata: OTAData(old, new(.new))))
            let it = try board.run(typed: ["spin"], until: "task_wdt: CPU 0: main")
            #expect(it.console.logLines.have("E task_wdt: Task watchdog got triggered."))
            // One window after the task last waited, and not at the end of the next.
            let moment = try #require(it.console.firstMatch(of: #/E \((\d+)\) task_wdt/#)?.1)
            #expect(try #require(Int(moment)) < 9_000)
            #expect(try board.report() == ["boot power-on", "app ota_1 1.0.0"])
            #expect(try board.otadata() == OTAData(old, new(.pendingVerify)))
            _ = try board.run()
            #expect(try board.report() == ["boot power-on", "app ota_0 1.0.0", "idle"])
            #expect(try board.otadata() == OTAData(old, new(.aborted)))
        }

        @Test func bootsCanBeCountedOut() throws {
            let board = try VirtualBoard("probe")
            let it = try board.run(["--max-boots", "2"], typed: ["restart", "restart", "count"])
            #expect(it.status == 3)
            #expect(it.errors.contains("--max-boots"))
            #expect(!it.console.contains("boots"))
            #expect(try board.run(["--max-boots", "2"], typed: ["restart", "count"]).status == 0)
        }

        @Test func pinsAreHeldAsTheCommandLineSays() throws {
            #expect(try VirtualBoard("probe").run(typed: ["pins"]).console.contains("pin 1\n"))
            let it = try VirtualBoard("probe").run(["--gpio", "4=0"], typed: ["pins"])
            #expect(it.console.contains("pin 0\n"))
        }

        @Test func theTraceNumbersFlashOperationsOverResets() throws {
            let board = try VirtualBoard("probe")
            let it = try board.run(["--trace"], typed: ["count", "restart", "count"])
            #expect(it.errors.split(separator: "\n").allSatisfy { "EW".contains($0.first ?? " ") })
            let cut = try board.run(["--cut-after", "3"], typed: ["count", "restart", "count"])
            #expect(cut.status == 75)
            #expect(try board.report().last == "power-cut")
            #expect(try board.run(typed: ["count"]).console.contains("boots 4\n"))
        }

        /// From the first use of a blank store, over a value that is replaced, to a full bank.
        @Test(arguments: ["", ":0", ":5", ":20", ":999"])
        func aPowerCutLeavesAValueAsItWasOrAsItWasToBe(_ bytes: String) throws {
            var cuts = 0
            for operation in 1... {
                let board = try VirtualBoard("probe")
                let cut = try board.run(["--cut-after", "\(operation)\(bytes)"], typed: ["fill"])
                guard cut.status == 75 else { break }
                let done = cut.console.components(separatedBy: "\nset ").count - 1
                let it = try board.run(typed: ["show"])
                let isRight = [done, done + 1].contains { it.console.contains("has \($0)\n") }
                #expect(isRight, "cut at \(operation)\(bytes): \(it.console.suffix(300))")
                cuts += 1
            }
            #expect(cuts > 25)
        }
    }
}
