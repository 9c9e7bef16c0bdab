import FaultKit
import Faults
import Testing

@testable import FaultServer

@Suite struct ScriptTests {
    private func plan(_ lines: String...) throws -> Plan {
        let catalogue = Catalogue(Faults.all)
        return Plan(profiles: [], rules: try lines.map { try Rule.parse($0, catalogue: catalogue) })
    }

    @Test func tellsWhatEachRequestMeets() throws {
        let plan = try self.plan(
            "status code=503 when.request=1", "truncate at=40% when.request=2",
            "redirect when.request=3", "delay by=1s when.connection=2..3")
        let table = try #require(Script(plan).table(of: plan.rules))
        #expect(
            table.suffix(4) == [
                "  1     rule 1, status", "  2     rule 2, truncate; rule 4, delay",
                "  3     rule 3, redirect; rule 4, delay", "  4 on  an honest answer",
            ])
    }

    @Test func isNoneWhereAllRequestsMeetTheSame() throws {
        #expect(Script(try self.plan("truncate at=40%")).table(of: []) == nil)
        #expect(Script(try self.plan("status code=404 when.method=HEAD")).table(of: []) == nil)
    }

    @Test func isNotLongerThanAPage() throws {
        let plan = try self.plan("status code=503 when.request='every 2'")
        let table = try #require(Script(plan).table(of: plan.rules))
        #expect(table.count == 2 + 12 + 1 && table.last == "  and so on")
    }
}
