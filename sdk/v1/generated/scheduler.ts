// Written by `npm run generate` from sdk/v1/proto. Do not edit.

import type * as mesos from './mesos.ts';

/** mesos.v1.scheduler.Event.Type */
export type Event_Type =
  | 'UNKNOWN'
  | 'SUBSCRIBED'
  | 'OFFERS'
  | 'INVERSE_OFFERS'
  | 'RESCIND'
  | 'RESCIND_INVERSE_OFFER'
  | 'UPDATE'
  | 'UPDATE_OPERATION_STATUS'
  | 'MESSAGE'
  | 'FAILURE'
  | 'ERROR'
  | 'HEARTBEAT';

/** mesos.v1.scheduler.Response.Type */
export type Response_Type =
  | 'UNKNOWN'
  | 'RECONCILE_OPERATIONS';

/** mesos.v1.scheduler.AttributeConstraint.Selector.PseudoattributeType */
export type AttributeConstraint_Selector_PseudoattributeType =
  | 'UNKNOWN'
  | 'HOSTNAME'
  | 'REGION'
  | 'ZONE';

/** mesos.v1.scheduler.Call.Type */
export type Call_Type =
  | 'UNKNOWN'
  | 'SUBSCRIBE'
  | 'TEARDOWN'
  | 'ACCEPT'
  | 'DECLINE'
  | 'ACCEPT_INVERSE_OFFERS'
  | 'DECLINE_INVERSE_OFFERS'
  | 'REVIVE'
  | 'KILL'
  | 'SHUTDOWN'
  | 'ACKNOWLEDGE'
  | 'ACKNOWLEDGE_OPERATION_STATUS'
  | 'RECONCILE'
  | 'RECONCILE_OPERATIONS'
  | 'MESSAGE'
  | 'REQUEST'
  | 'SUPPRESS'
  | 'UPDATE_FRAMEWORK';

/** mesos.v1.scheduler.Event */
export interface Event {
  readonly type?: Event_Type | undefined;
  readonly subscribed?: Event_Subscribed | undefined;
  readonly offers?: Event_Offers | undefined;
  readonly inverse_offers?: Event_InverseOffers | undefined;
  readonly rescind?: Event_Rescind | undefined;
  readonly rescind_inverse_offer?: Event_RescindInverseOffer | undefined;
  readonly update?: Event_Update | undefined;
  readonly update_operation_status?: Event_UpdateOperationStatus | undefined;
  readonly message?: Event_Message | undefined;
  readonly failure?: Event_Failure | undefined;
  readonly error?: Event_Error | undefined;
}

/** mesos.v1.scheduler.Event.Subscribed */
export interface Event_Subscribed {
  readonly framework_id: mesos.FrameworkID;
  readonly heartbeat_interval_seconds?: number | undefined;
  readonly master_info?: mesos.MasterInfo | undefined;
}

/** mesos.v1.scheduler.Event.Offers */
export interface Event_Offers {
  readonly offers?: readonly mesos.Offer[] | undefined;
}

/** mesos.v1.scheduler.Event.InverseOffers */
export interface Event_InverseOffers {
  readonly inverse_offers?: readonly mesos.InverseOffer[] | undefined;
}

/** mesos.v1.scheduler.Event.Rescind */
export interface Event_Rescind {
  readonly offer_id: mesos.OfferID;
}

/** mesos.v1.scheduler.Event.RescindInverseOffer */
export interface Event_RescindInverseOffer {
  readonly inverse_offer_id: mesos.OfferID;
}

/** mesos.v1.scheduler.Event.Update */
export interface Event_Update {
  readonly status: mesos.TaskStatus;
}

/** mesos.v1.scheduler.Event.UpdateOperationStatus */
export interface Event_UpdateOperationStatus {
  readonly status: mesos.OperationStatus;
}

/** mesos.v1.scheduler.Event.Message */
export interface Event_Message {
  readonly agent_id: mesos.AgentID;
  readonly executor_id: mesos.ExecutorID;
  readonly data: Uint8Array;
}

/** mesos.v1.scheduler.Event.Failure */
export interface Event_Failure {
  readonly agent_id?: mesos.AgentID | undefined;
  readonly executor_id?: mesos.ExecutorID | undefined;
  readonly status?: number | undefined;
}

/** mesos.v1.scheduler.Event.Error */
export interface Event_Error {
  readonly message: string;
}

/** mesos.v1.scheduler.Response */
export interface Response {
  readonly type?: Response_Type | undefined;
  /** Deprecated. */
  readonly reconcile_operations?: Response_ReconcileOperations | undefined;
}

/** mesos.v1.scheduler.Response.ReconcileOperations */
export interface Response_ReconcileOperations {
  /** Deprecated. */
  readonly operation_statuses?: readonly mesos.OperationStatus[] | undefined;
}

/** mesos.v1.scheduler.AttributeConstraint */
export interface AttributeConstraint {
  readonly selector: AttributeConstraint_Selector;
  readonly predicate: AttributeConstraint_Predicate;
}

/** mesos.v1.scheduler.AttributeConstraint.Selector */
export interface AttributeConstraint_Selector {
  /** One of `selector`. */
  readonly pseudoattribute_type?: AttributeConstraint_Selector_PseudoattributeType | undefined;
  /** One of `selector`. */
  readonly attribute_name?: string | undefined;
}

/** mesos.v1.scheduler.AttributeConstraint.Predicate */
export interface AttributeConstraint_Predicate {
  /** One of `predicate`. */
  readonly exists?: AttributeConstraint_Predicate_Exists | undefined;
  /** One of `predicate`. */
  readonly not_exists?: AttributeConstraint_Predicate_NotExists | undefined;
  /** One of `predicate`. */
  readonly text_equals?: AttributeConstraint_Predicate_TextEquals | undefined;
  /** One of `predicate`. */
  readonly text_not_equals?: AttributeConstraint_Predicate_TextNotEquals | undefined;
  /** One of `predicate`. */
  readonly text_matches?: AttributeConstraint_Predicate_TextMatches | undefined;
  /** One of `predicate`. */
  readonly text_not_matches?: AttributeConstraint_Predicate_TextNotMatches | undefined;
}

/** mesos.v1.scheduler.AttributeConstraint.Predicate.Exists */
export type AttributeConstraint_Predicate_Exists = Readonly<Record<never, never>>;

/** mesos.v1.scheduler.AttributeConstraint.Predicate.NotExists */
export type AttributeConstraint_Predicate_NotExists = Readonly<Record<never, never>>;

/** mesos.v1.scheduler.AttributeConstraint.Predicate.TextEquals */
export interface AttributeConstraint_Predicate_TextEquals {
  readonly value: string;
}

/** mesos.v1.scheduler.AttributeConstraint.Predicate.TextNotEquals */
export interface AttributeConstraint_Predicate_TextNotEquals {
  readonly value: string;
}

/** mesos.v1.scheduler.AttributeConstraint.Predicate.TextMatches */
export interface AttributeConstraint_Predicate_TextMatches {
  readonly regex: string;
}

/** mesos.v1.scheduler.AttributeConstraint.Predicate.TextNotMatches */
export interface AttributeConstraint_Predicate_TextNotMatches {
  readonly regex: string;
}

/** mesos.v1.scheduler.OfferConstraints */
export interface OfferConstraints {
  readonly role_constraints?: Readonly<Record<string, OfferConstraints_RoleConstraints>> | undefined;
}

/** mesos.v1.scheduler.OfferConstraints.RoleConstraints */
export interface OfferConstraints_RoleConstraints {
  readonly groups?: readonly OfferConstraints_RoleConstraints_Group[] | undefined;
}

/** mesos.v1.scheduler.OfferConstraints.RoleConstraints.Group */
export interface OfferConstraints_RoleConstraints_Group {
  readonly attribute_constraints?: readonly AttributeConstraint[] | undefined;
}

/** mesos.v1.scheduler.Call */
export interface Call {
  readonly framework_id?: mesos.FrameworkID | undefined;
  readonly type?: Call_Type | undefined;
  readonly subscribe?: Call_Subscribe | undefined;
  readonly accept?: Call_Accept | undefined;
  readonly decline?: Call_Decline | undefined;
  readonly accept_inverse_offers?: Call_AcceptInverseOffers | undefined;
  readonly decline_inverse_offers?: Call_DeclineInverseOffers | undefined;
  readonly revive?: Call_Revive | undefined;
  readonly kill?: Call_Kill | undefined;
  readonly shutdown?: Call_Shutdown | undefined;
  readonly acknowledge?: Call_Acknowledge | undefined;
  readonly acknowledge_operation_status?: Call_AcknowledgeOperationStatus | undefined;
  readonly reconcile?: Call_Reconcile | undefined;
  readonly reconcile_operations?: Call_ReconcileOperations | undefined;
  readonly message?: Call_Message | undefined;
  readonly request?: Call_Request | undefined;
  readonly suppress?: Call_Suppress | undefined;
  readonly update_framework?: Call_UpdateFramework | undefined;
}

/** mesos.v1.scheduler.Call.Subscribe */
export interface Call_Subscribe {
  readonly framework_info: mesos.FrameworkInfo;
  readonly suppressed_roles?: readonly string[] | undefined;
  readonly offer_constraints?: OfferConstraints | undefined;
}

/** mesos.v1.scheduler.Call.Accept */
export interface Call_Accept {
  readonly offer_ids?: readonly mesos.OfferID[] | undefined;
  readonly operations?: readonly mesos.Offer_Operation[] | undefined;
  readonly filters?: mesos.Filters | undefined;
}

/** mesos.v1.scheduler.Call.Decline */
export interface Call_Decline {
  readonly offer_ids?: readonly mesos.OfferID[] | undefined;
  readonly filters?: mesos.Filters | undefined;
}

/** mesos.v1.scheduler.Call.AcceptInverseOffers */
export interface Call_AcceptInverseOffers {
  readonly inverse_offer_ids?: readonly mesos.OfferID[] | undefined;
  readonly filters?: mesos.Filters | undefined;
}

/** mesos.v1.scheduler.Call.DeclineInverseOffers */
export interface Call_DeclineInverseOffers {
  readonly inverse_offer_ids?: readonly mesos.OfferID[] | undefined;
  readonly filters?: mesos.Filters | undefined;
}

/** mesos.v1.scheduler.Call.Revive */
export interface Call_Revive {
  readonly roles?: readonly string[] | undefined;
}

/** mesos.v1.scheduler.Call.Kill */
export interface Call_Kill {
  readonly task_id: mesos.TaskID;
  readonly agent_id?: mesos.AgentID | undefined;
  readonly kill_policy?: mesos.KillPolicy | undefined;
}

/** mesos.v1.scheduler.Call.Shutdown */
export interface Call_Shutdown {
  readonly executor_id: mesos.ExecutorID;
  readonly agent_id: mesos.AgentID;
}

/** mesos.v1.scheduler.Call.Acknowledge */
export interface Call_Acknowledge {
  readonly agent_id: mesos.AgentID;
  readonly task_id: mesos.TaskID;
  readonly uuid: Uint8Array;
}

/** mesos.v1.scheduler.Call.AcknowledgeOperationStatus */
export interface Call_AcknowledgeOperationStatus {
  readonly agent_id?: mesos.AgentID | undefined;
  readonly resource_provider_id?: mesos.ResourceProviderID | undefined;
  readonly uuid: Uint8Array;
  readonly operation_id: mesos.OperationID;
}

/** mesos.v1.scheduler.Call.Reconcile */
export interface Call_Reconcile {
  readonly tasks?: readonly Call_Reconcile_Task[] | undefined;
}

/** mesos.v1.scheduler.Call.Reconcile.Task */
export interface Call_Reconcile_Task {
  readonly task_id: mesos.TaskID;
  readonly agent_id?: mesos.AgentID | undefined;
}

/** mesos.v1.scheduler.Call.ReconcileOperations */
export interface Call_ReconcileOperations {
  readonly operations?: readonly Call_ReconcileOperations_Operation[] | undefined;
}

/** mesos.v1.scheduler.Call.ReconcileOperations.Operation */
export interface Call_ReconcileOperations_Operation {
  readonly operation_id: mesos.OperationID;
  readonly agent_id?: mesos.AgentID | undefined;
  readonly resource_provider_id?: mesos.ResourceProviderID | undefined;
}

/** mesos.v1.scheduler.Call.Message */
export interface Call_Message {
  readonly agent_id: mesos.AgentID;
  readonly executor_id: mesos.ExecutorID;
  readonly data: Uint8Array;
}

/** mesos.v1.scheduler.Call.Request */
export interface Call_Request {
  readonly requests?: readonly mesos.Request[] | undefined;
}

/** mesos.v1.scheduler.Call.Suppress */
export interface Call_Suppress {
  readonly roles?: readonly string[] | undefined;
}

/** mesos.v1.scheduler.Call.UpdateFramework */
export interface Call_UpdateFramework {
  readonly framework_info: mesos.FrameworkInfo;
  readonly suppressed_roles?: readonly string[] | undefined;
  readonly offer_constraints?: OfferConstraints | undefined;
}

/** mesos.v1.scheduler.APIResult */
export interface APIResult {
  readonly status_code: number;
  readonly response?: Response | undefined;
  readonly error?: string | undefined;
}
