"""What Megaplan's own description of its API names, in the version of October 2025, and no list is asked for on purpose; and the reverse.

Of fields: marks of the person who is signed in (unread, favourite, subscribed), what that one may do, what is counted or
shown anew from other records, and settings of forms. Of kinds of records: whatever is no data of a company (widgets, reports,
rights, integrations, steps of automations), what is pulled, and what the report names as not given. What a later version adds is in neither.
"""

from crmexport_megaplan.spec import named

EVERYWHERE = frozenset(
    named(
        """allFiles attachesCountInComments attachesInfo comments contentType editableFields firstUnreadComment id
    interactionsCounters isFavorite isUnread lastComment lastCommentTimeCreated lastView parents possibleActions
    possibleSubscribers reminderTime rights subscribed subscribers unreadAnswer"""
    )
)
_OWN = {
    "Employee": named(
        """age availableTransports dateLastReadNews defaultReminders effectiveness extraSubordinates googleSyncSetting
        hideMyBirthday isOnline isReadable locale password settings"""
    ),
    "Department": named("icon inviteLink"),
    "Program": named(
        """bmpSettings dealShortCardSettings fixedFields orderPositionsFields orderPositionsSortField
        userDealShortCardSettings"""
    ),
    "ContractorCompany": named(
        """countActiveDeals countBalance countCommunications countDeals countInvoice countNegativeDeals
        countNotPaidInvoice countOverdueCommunications countPositiveDeals countScheduledCommunications mergeInProgress
        nextCommunication nextTaskDate summAccountReceivable summAccountReceivableOverdue summActiveDeals summDeals
        summInvoice summNotPaidInvoice summPositiveDeals textDescription"""
    ),
    "ContractorHuman": named(
        """countActiveDeals countBalance countCommunications countDeals countInvoice countNegativeDeals
        countNotPaidInvoice countOverdueCommunications countPositiveDeals countScheduledCommunications
        dateLastReadNews lastOnline mergeInProgress nextCommunication nextTaskDate settings summAccountReceivable
        summAccountReceivableOverdue summActiveDeals summDeals summInvoice summNotPaidInvoice summPositiveDeals
        textDescription"""
    ),
    "Deal": named(
        """contractorEmail contractorFields contractorPhone nearTodo possibleTransitions possibleTriggers
        shortDescription visibleFields"""
    ),
    "Task": named(
        """auditorsCanEditExtFields calculatedFields entitiesByTemplate executorsCanEditExtFields isGrouped isOverdue
        isTemplateOwnerCurrentUser responsibleCanEditExtFields subTasks textStatement workedOffTime"""
    ),
    "Project": named(
        """auditorsCanEditExtFields calculatedFields entitiesByTemplate executorsCanEditExtFields isOverdue
        isTemplateOwnerCurrentUser issues responsibleCanEditExtFields subProjects tasks textStatement"""
    ),
    "Todo": named("busyParticipants coincidentTodos"),
    "Invoice": named("possibleStatuses"),
    "Consignment": named("possibleStates possibleWarehouses"),
    "Element": named("accessLevel icon inFavorites isPending lastVisited"),
    "Doc": named("docRights inheritRights isDiscussable versions"),
    "KnowledgeBase": named("accessRole expanded"),
    "Message": named("isOutgoingForUser"),
}
FIELDS = {kind: EVERYWHERE | {*own} for kind, own in _OWN.items()}
KINDS = frozenset(
    named(
        """Account AccountAutoPay AccountDoc AccountInfo AccountOrder AccountTariff ActionHistory ActivityDesktopWidget
    AddComment AdditionalContactData AddressType Anonymous AnotherExampleEntity AppCategory Application Approval
    AskPayer Automation AutomationCreateAction AutomationCreateTrigger AutomationDataSelection
    AutomationDuplicateAction AutomationGroup AutomationHistory AutomationScheduleTrigger AutomationUpdateAction
    AutomationUpdateTrigger B24HookRights B24ImportProcess B24ImportStep Banner BaseIntegrationEntity BasedOnHistory
    BigIntField Bonus BoolField Burning CalculatedField CallInfo CallInfoJournal CallUserConfig ChangeStateOperation
    Changeset ChartCompareTo ChartSetting City ClientChat Comment CommentTemplate CommentTemplatePossibleActions
    ComplexCellContent ConditionalActionsGroup ConferenceRequest ConferenceRoomAuth Confirm Consignment
    ConsignmentFilter ConsignmentRights ConsignmentRow ContractorActivityType ContractorAdvertisingWay
    ContractorCompany ContractorHuman ContractorImport ContractorStatus ContractorType ContractorWarning Counter
    Country CreateDeal CreateFinOperation CreateFinTransferRequest CreateInvoice CreateRowRequest CreateTask
    CrmDesktopWidget CrmFilter Currency CustomCrmFilter CustomDataSource CustomDataSourceField
    CustomDataSourceSystemField CustomLeadForm CustomLeadFormElement DataRow DataSet DataSource DataSourceField
    DateField DateTimeField DeadlineChangeRequest Deal DealAspectDelivery DealDesktopWidget DealInfo DealStatusHistory
    DeliveryType Department DepartmentVacancy DesktopWidgetMetaData DiskSpace DiskSpaceApproval Doc DocFilter
    DocFolder DocRights DocVersion DurationCellContent DurationField Duty EditionExceed EditorSession Element
    ElementIdResponse ElementShareByLink Employee EmployeeBirthdayDesktopWidget EmployeeEffectivenessDesktopWidget
    EmployeeFilter EmployeeImport EmployeeRightsGroup EmployeeStatus EmptyCellContent EnumField Example
    ExampleDesktopWidget ExperimentalModule ExternalSourceField FacebookMessage FacebookPage File FileGroup
    FileStorageFilter FilterGroup FinAccount FinOperation FinOperationImport FinOperationLink FinOperationTradeLink
    FinOperationType FinRealAccount FloatField FunnelData GoogleSyncSetting Group GroupCompose Holiday HolidayDay
    HolidaysProvider IframeUrl Imap ImportColumn ImportRow Industry InfoGraphicsConfig InfoGraphicsDataSet
    InfoGraphicsLayout InstagramMessage IntegerField IntegrationFilter Interaction InterviewResult InviteLink Invoice
    InvoiceDesktopWidget InvoiceFilter InvoiceStatus InvoiceTemplate KnowledgeArticle KnowledgeBase KnowledgeRights
    KnowledgeTrashItem Language LeadForm LoyaltyActionLog LoyaltyActionLogSet LoyaltyProgram LoyaltyProgramRun
    MailSmtpEmailError Market MarketBanner MaxMessengerBot MaxMessengerChannel MaxMessengerMessage Megamail MenuItem
    Message Messenger MessengerChannel MessengerType Metro Milestone Module MoneyField NegotiationItem
    NegotiationItemVersion NegotiationVisa NewMessage NoteEdition Notification NotificationType ObjectPacket Offer
    OfferCategory OfferFilter OfferImport OfferPart OfferRights OfferRow OperationLog Participant PayForm Payer Place
    Poll Position PresetInfo ProductQuest ProductQuestItem Program ProgramGroup ProgramPluralForm ProgramPreset
    ProgramRole ProgramState ProgramTransition ProgramTrigger Project ProjectRights RawMessage ReadInteraction Ref
    RefLinkField RefSetField RelationLink Report ReportChartData ReportColumn ReportData ReportDesktopWidget
    ReportDisplaySetting ReportFilter ReportGroup ReportObject ReportRow ResourceField Schedule Select SendLead
    Sending SendingLog SendingTemplate ShareUrl Signature Smtp SpaceFile SpaceImport SpaceIntegration
    SpaceIntegrationInstance SpaceStatus StatusInfo StringField SumUpCellContent SystemSetting Tag Task
    TaskDesktopWidget TaskFilter TaskRights Tax TelegramBot TelegramChannel TelegramMessage Template TextCellContent
    Todo TodoCategory TodoDesktopWidget TodoFilter TodoGroup TodoRights TodoStatus Topic TopicFolder TradeFilter
    TreeNode TriggerLog TriggerLogSet Unit UnsupportedOperation User UserGroup UserInterfaceLayout UserOnlineSession
    UserSetting Vacation Warehouse WarehouseBalance WarehouseFilter WarehousePermission WarehouseRights WarehouseType
    WazzupChannel WhatsappMessage WidgetBatchDataRow WidgetConfig WidgetInfoGraphicsDataRow WidgetLayout
    WidgetLayoutConfig WidgetLayoutData WidgetLayoutDataRow WidgetLayoutDataRowData WidgetLayoutGroup"""
    )
)
# What lists are asked for all the same, though the description does not name it: earlier versions, or clients that ran live, may have.
_GUESSES = {
    "Employee": named("aboutMe children commentsCount"),
    "Program": named("isActive"),
    "ContractorCompany": named("financeOperations"),
    "ContractorHuman": named("financeOperations promisingRate"),
    "Payer": named("middleName timeCreated timeUpdated userCreated"),
    "Deal": named("isDraft isPaid"),
    "Task": named("kpi"),
    "Project": named("isGroup userCreated"),
    "Todo": named("tags"),
    "Invoice": named("attaches commentsCount timeCreated"),
    "Warehouse": named("address responsible"),
    "Consignment": named("date isDropped name status sum"),
    "CallInfo": named(
        "attaches contractor deal direction duration employee file from name status timeCreated to"
    ),
    "Doc": named("attaches isDropped owner"),
    "KnowledgeBase": named("description timeCreated timeUpdated"),
    "Message": named("content contractor deal email employee task timeUpdated"),
}
GUESSED = {kind: frozenset(guesses) for kind, guesses in _GUESSES.items()}
