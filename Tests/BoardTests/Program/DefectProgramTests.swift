import FirmwareImage
import Foundation
import Testing

extension BoardTests {
    /// What a board does with a defect that it does not do without.
    @Suite(.timeLimit(.minutes(3))) struct DefectProgramTests {
        struct Case: Sendable, CustomTestStringConvertible {
            let defect: String
            let app: String
            var edit: @Sendable (inout AppImage) -> Void = { _ in }
            /// The last lines of the report.
            let without: [String]
            let with: [String]
            var testDescription: String { self.defect }
        }

        private static let old = ["boot power-on", "app factory 1.0.0", "idle"]
        private static let new = ["boot software", "app ota_0 2.0.0", "idle"]
        private static let fallenBack = ["boot software", "app factory 1.0.0", "idle"]

        static let cases = [
            Case(
                defect: "takes-anything", app: "simple",
                edit: { $0.header.segmentCount = 17 },
                without: old, with: fallenBack),
            Case(
                defect: "skips-verification", app: "advanced",
                edit: {
                    $0.checksum ^= 1
                    $0.digest[0] ^= 1
                }, without: old, with: new),
            Case(
                defect: "ignores-digest", app: "advanced", edit: { $0.digest[0] ^= 1 },
                without: old, with: new),
            Case(
                defect: "ignores-chip", app: "simple",
                edit: {
                    $0.header.chipID = Chip.esp32s3.rawValue
                    $0.seal()
                }, without: old, with: new),
            Case(
                defect: "loads-anywhere", app: "native",
                edit: {
                    $0.segments[1].loadAddress = 0x3FFF_0000
                    $0.seal()
                }, without: fallenBack, with: new),
            Case(
                defect: "panics-on-refusals", app: "advanced",
                edit: { $0.header.chipID = Chip.esp32s3.rawValue }, without: old,
                with: ["boot panic", "app factory 1.0.0", "idle"]),
            Case(defect: "never-confirms", app: "advanced", without: new, with: fallenBack),
            Case(defect: "never-updates", app: "native", without: new, with: old),
        ]

        @Test(arguments: Self.cases) func aDefectChangesHowAnUpdateEnds(_ it: Case) throws {
            var recipe = AppImageRecipe(project: "app", version: "2.0.0", size: 40_000)
            recipe.directive = Directive(.pass)
            var image = try recipe.image()
            it.edit(&image)
            let server = try OTAServer(image.bytes)
            for (defects, end) in [([], it.without), (["--defect", it.defect], it.with)] {
                let board = try VirtualBoard(it.app)
                _ = try board.run(["--url", server.url + "/image", "--max-boots", "6"] + defects)
                #expect(try board.report().suffix(3) == end, "\(defects)")
            }
        }

        @Test func anEntryThatWasTornIsTrustedWithThatDefectOnly() throws {
            let server = try OTAServer(
                try AppImageRecipe(project: "app", version: "2.0.0", size: 40_000).bytes())
            for (defects, app) in [
                ([], "factory 1.0.0"), (["--defect", "trusts-torn-otadata"], "ota_0 2.0.0"),
            ] {
                let board = try VirtualBoard("native")
                let cut = try board.run(
                    ["--url", server.url + "/image", "--cut-at", "otadata.write#1:28"])
                #expect(cut.status == 75)
                _ = try board.run(defects)
                #expect(try board.report().contains("app \(app)"), "\(defects)")
            }
        }

        @Test func theListNamesEachWithItsMethods() throws {
            let board = try VirtualBoard("probe")
            let list = try board.runPlain(["--defects"])
            #expect(list.status == 0)
            let methods: Set = ["native", "simple", "advanced", "guarded"]
            let rows = list.console.split(separator: "\n").map { $0.split(separator: "\t") }
            #expect(rows.count >= 15)
            #expect(Set(rows.map(\.[0])).count == rows.count)
            for row in rows {
                #expect(row.count == 3)
                #expect(methods.isSuperset(of: row[1].split(separator: "+").map(String.init)))
                #expect(try board.run(["--defect", String(row[0])]).status == 0, "\(row[0])")
            }
        }
    }
}
